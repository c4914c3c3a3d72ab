using System.Text.Json;
using ImOrleans.Gateway.Protocols.GoJson;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>What a client asks: <c>{"seq","cmd","data"}</c>.</summary>
/// <param name="Seq">Its name for the request, which the answer has too; empty when it gave none.</param>
/// <param name="Cmd">What it asks for; empty when it does not say.</param>
/// <param name="Data">The value of <c>data</c>, well-formed JSON; empty when there is none.</param>
/// <remarks>
/// Read as Go reads it into its record: names in whichever case, the last of several counts, <c>null</c> is nothing, and what
/// is not known is left alone. <b>Source:</b> feature rows S1, S4 and S10.
/// </remarks>
internal readonly record struct ImRequest(string Seq, string Cmd, ReadOnlyMemory<byte> Data)
{
    /// <summary>Beyond this a name is none that is known, even if all of it is escaped.</summary>
    private const int NameBytesMax = 96;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = JsonForm.DepthMax };

    /// <summary>Reads a frame; false when it is not JSON, or not such a request.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> frame, out ImRequest request)
    {
        request = new("", "", default);
        return JsonForm.IsWhole(frame.Span) && TryReadWhole(frame, ref request);
    }

    /// <summary>Reads what a login brings; false when a field of it has a wrong type.</summary>
    public bool TryReadLogin(out ImLogin login)
    {
        login = new("", 0, "");
        if (Data.IsEmpty)
            return true;
        var reader = new Utf8JsonReader(Data.Span, Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return reader.TokenType == JsonTokenType.Null;
        // Go keeps the fields in the order of their names by then, so the last of several spellings counts in that order.
        var (user, app, token) = ("", "", "");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref reader);
            reader.Read();
            if (GoJsonText.IsName(name, "userId"))
            {
                if (!IsTextOrNull(ref reader))
                    return false;
                if (Counts(name, ref user))
                    login = login with { UserId = TextOr(ref reader, login.UserId) };
            }
            else if (GoJsonText.IsName(name, "serviceToken"))
            {
                if (!IsTextOrNull(ref reader))
                    return false;
                if (Counts(name, ref token))
                    login = login with { ServiceToken = TextOr(ref reader, login.ServiceToken) };
            }
            else if (GoJsonText.IsName(name, "appId"))
            {
                if (!TryReadAppId(ref reader, out var appId))
                    return false;
                if (Counts(name, ref app))
                    login = login with { AppId = appId ?? login.AppId };
            }

            reader.Skip();
        }

        return true;
    }

    /// <summary>Whether what a heartbeat brings can be read: an object whose <c>userId</c>, if there, is a text.</summary>
    public bool IsHeartbeat()
    {
        if (Data.IsEmpty)
            return true;
        var reader = new Utf8JsonReader(Data.Span, Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return reader.TokenType == JsonTokenType.Null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref reader);
            reader.Read();
            if (GoJsonText.IsName(name, "userId") && !IsTextOrNull(ref reader))
                return false;
            reader.Skip();
        }

        return true;
    }

    private static bool TryReadWhole(ReadOnlyMemory<byte> frame, ref ImRequest request)
    {
        var reader = new Utf8JsonReader(frame.Span, Strict);
        if (!reader.Read())
            return false;
        var isWhole = true;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                isWhole &= TryReadField(frame, ref reader, ref request);
        }
        else if (reader.TokenType != JsonTokenType.Null)
        {
            return false;
        }

        // Nothing but white space may follow.
        return !reader.Read() && isWhole;
    }

    private static bool TryReadField(ReadOnlyMemory<byte> frame, ref Utf8JsonReader reader, ref ImRequest request)
    {
        var name = Name(ref reader);
        reader.Read();
        var isFit = true;
        if (GoJsonText.IsName(name, "seq"))
        {
            isFit = IsTextOrNull(ref reader);
            request = isFit ? request with { Seq = TextOr(ref reader, request.Seq) } : request;
        }
        else if (GoJsonText.IsName(name, "cmd"))
        {
            isFit = IsTextOrNull(ref reader);
            request = isFit ? request with { Cmd = TextOr(ref reader, request.Cmd) } : request;
        }
        else if (GoJsonText.IsName(name, "data"))
        {
            var start = (int)reader.TokenStartIndex;
            isFit = SkipNumbers(ref reader);
            request = request with { Data = frame[start..(int)reader.BytesConsumed] };
            return isFit;
        }

        reader.Skip();
        return isFit;
    }

    /// <summary>Goes to the end of a value; false when a number in it is beyond those that Go knows.</summary>
    private static bool SkipNumbers(ref Utf8JsonReader reader)
    {
        var isFit = true;
        var depth = 0;
        do
        {
            depth += reader.TokenType switch
            {
                JsonTokenType.StartObject or JsonTokenType.StartArray => 1,
                JsonTokenType.EndObject or JsonTokenType.EndArray => -1,
                _ => 0,
            };
            if (reader.TokenType == JsonTokenType.Number)
                isFit &= reader.TryGetDouble(out var number) && double.IsFinite(number);
        }
        while (depth > 0 && reader.Read());
        return isFit;
    }

    /// <remarks>Go has numbers of this kind as floating point by then: 101, 101.0 and 1.01e2 are the same.</remarks>
    private static bool TryReadAppId(ref Utf8JsonReader reader, out uint? appId)
    {
        appId = null;
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var number)
            || number is < 0 or > uint.MaxValue || double.IsNegative(number) || number != Math.Truncate(number))
            return false;
        appId = (uint)number;
        return true;
    }

    private static bool Counts(string name, ref string before)
    {
        if (string.CompareOrdinal(name, before) < 0)
            return false;
        before = name;
        return true;
    }

    private static bool IsTextOrNull(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.Null;

    private static string TextOr(ref Utf8JsonReader reader, string before) =>
        reader.TokenType == JsonTokenType.Null ? before : GoJsonText.Read(reader.ValueSpan);

    private static string Name(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length <= NameBytesMax ? GoJsonText.Read(reader.ValueSpan) : "";
}
