namespace ImOrleans.Bench.Load;

/// <summary>
/// Counts the messages in a stream of bytes and checks their order, without parsing: each payload begins with a mark
/// that occurs nowhere else, and eight digits that rise by one from message to message.
/// </summary>
internal struct DeliveryCounter
{
    /// <summary>The first byte of a payload.</summary>
    public const byte Mark = (byte)'~';

    /// <summary>How many digits follow it.</summary>
    public const int Digits = 8;

    private int _digitsLeft;
    private int _value;

    /// <summary>Messages so far.</summary>
    public long Count { get; private set; }

    /// <summary>The number of the newest message; -1 before the first.</summary>
    public int Last { get; private set; } = -1;

    /// <summary>Messages whose number did not follow that of the one before: something was lost, doubled or moved.</summary>
    public int Breaks { get; private set; }

    public DeliveryCounter()
    {
    }

    /// <summary>Reads on, and returns how many messages were completed.</summary>
    public int Read(ReadOnlySpan<byte> bytes)
    {
        var before = Count;
        while (!bytes.IsEmpty)
        {
            if (_digitsLeft == 0)
            {
                var mark = bytes.IndexOf(Mark);
                if (mark < 0)
                    break;
                bytes = bytes[(mark + 1)..];
                _digitsLeft = Digits;
                _value = 0;
            }

            while (_digitsLeft > 0 && !bytes.IsEmpty)
            {
                _value = (_value * 10) + (bytes[0] - '0');
                bytes = bytes[1..];
                _digitsLeft--;
            }

            if (_digitsLeft == 0)
                Take();
        }

        return (int)(Count - before);
    }

    private void Take()
    {
        if (Last >= 0 && _value != Last + 1)
            Breaks++;
        Last = _value;
        Count++;
    }
}
