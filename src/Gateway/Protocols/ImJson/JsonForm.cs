namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>
/// Tells whether bytes are one whole JSON value, before anything of it is read: what is none costs no exception, however
/// much of it comes.
/// </summary>
internal ref struct JsonForm
{
    /// <summary>The deepest nesting, which is Go's.</summary>
    public const int DepthMax = 10_000;

    private readonly ReadOnlySpan<byte> _json;
    private readonly Span<ulong> _objects;
    private int _at;
    private int _depth;

    private JsonForm(ReadOnlySpan<byte> json, Span<ulong> objects)
    {
        _json = json;
        _objects = objects;
    }

    private readonly byte Next => _at < _json.Length ? _json[_at] : (byte)0;

    /// <summary>Whether there is one value, with nothing but white space around it.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> json) =>
        new JsonForm(json, stackalloc ulong[(DepthMax / 64) + 1]).TakeAll();

    private bool TakeAll()
    {
        do
        {
            SkipSpace();
            if (!TakeStart())
                return false;
        }
        while (_depth > 0 && TakeEnds());
        SkipSpace();
        return _depth == 0 && _at == _json.Length;
    }

    /// <summary>Takes a value, of an array or an object all before its first value.</summary>
    private bool TakeStart()
    {
        while (true)
        {
            switch (Next)
            {
                case (byte)'{' when TryEnter(isObject: true):
                    if (Take((byte)'}'))
                        break;
                    if (!TakeName())
                        return false;
                    continue;
                case (byte)'[' when TryEnter(isObject: false):
                    if (Take((byte)']'))
                        break;
                    continue;
                case (byte)'"':
                    return TakeText();
                case (byte)'t':
                    return TakeWord("true"u8);
                case (byte)'f':
                    return TakeWord("false"u8);
                case (byte)'n':
                    return TakeWord("null"u8);
                default:
                    return TakeNumber();
            }

            _depth--;
            return true;
        }
    }

    /// <summary>Takes what ends behind a value; true when another value follows, or nothing is open any more.</summary>
    private bool TakeEnds()
    {
        while (_depth > 0)
        {
            SkipSpace();
            var isObject = (_objects[_depth / 64] & (1UL << (_depth % 64))) != 0;
            if (Take((byte)','))
                return !isObject || TakeName();
            if (!Take(isObject ? (byte)'}' : (byte)']'))
                return false;
            _depth--;
        }

        return false;
    }

    private bool TryEnter(bool isObject)
    {
        if (_depth == DepthMax)
            return false;
        _depth++;
        _at++;
        var bit = 1UL << (_depth % 64);
        _objects[_depth / 64] = isObject ? _objects[_depth / 64] | bit : _objects[_depth / 64] & ~bit;
        SkipSpace();
        return true;
    }

    private bool TakeName()
    {
        SkipSpace();
        if (Next != '"' || !TakeText())
            return false;
        SkipSpace();
        if (!Take((byte)':'))
            return false;
        SkipSpace();
        return true;
    }

    private bool TakeText()
    {
        for (_at++; _at < _json.Length; _at++)
            switch (_json[_at])
            {
                case (byte)'"':
                    _at++;
                    return true;
                case < 0x20:
                    return false;
                case (byte)'\\' when !TakeEscape():
                    return false;
            }

        return false;
    }

    /// <summary>Goes to the last byte of an escape.</summary>
    private bool TakeEscape()
    {
        _at++;
        if (Next != 'u')
            return "\"\\/bfnrt"u8.Contains(Next);
        for (var digit = 0; digit < 4; digit++)
        {
            _at++;
            if (!char.IsAsciiHexDigit((char)Next))
                return false;
        }

        return true;
    }

    private bool TakeNumber()
    {
        Take((byte)'-');
        if (!Take((byte)'0') && !TakeDigits())
            return false;
        if (Take((byte)'.') && !TakeDigits())
            return false;
        if (!Take((byte)'e') && !Take((byte)'E'))
            return true;
        if (!Take((byte)'+'))
            Take((byte)'-');
        return TakeDigits();
    }

    private bool TakeDigits()
    {
        var start = _at;
        while (Next is >= (byte)'0' and <= (byte)'9')
            _at++;
        return _at > start;
    }

    private bool TakeWord(ReadOnlySpan<byte> word)
    {
        if (!_json[_at..].StartsWith(word))
            return false;
        _at += word.Length;
        return true;
    }

    private bool Take(byte symbol)
    {
        if (Next != symbol || _at == _json.Length)
            return false;
        _at++;
        return true;
    }

    private void SkipSpace()
    {
        while (Next is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
            _at++;
    }
}
