using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ImOrleans.Domain.Conversations;

/// <summary>The name of one message everywhere: four groups like <c>1301-NBJQ-MK31-3417</c>.</summary>
/// <remarks>
/// 80 bits in digits of five: the place of the message in its conversation (36) and a random number (44), hidden behind a
/// hash of the conversation. So it is found without an index by whoever knows the conversation; within one no two are
/// equal; of 10^10 messages two are with a probability of 1 to 24,000; and none can be guessed from another.
/// <b>Source:</b> the form is that of feature row RC12.
/// </remarks>
[GenerateSerializer, Immutable, Alias("im.MessageUId")]
public readonly record struct MessageUId
{
    /// <summary>The greatest place in a conversation that has a name.</summary>
    public const long SeqMax = (1L << 36) - 1;

    private const int Digits = 16;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

    private MessageUId(string value) => Value = value;

    /// <summary>The name as text; never null.</summary>
    [field: Id(0)]
    public string Value { get => field ?? ""; private init; }

    /// <summary>Names a message.</summary>
    /// <param name="conversation">Where it is.</param>
    /// <param name="seq">Its place there, 1 to <see cref="SeqMax"/>; 0 when it is not stored.</param>
    /// <param name="random">A random number; its lowest 44 bits count.</param>
    public static MessageUId Create(ConversationKey conversation, long seq, long random) =>
        Create(MaskOf(conversation), seq, random);

    /// <summary>Names the messages of one conversation, as <see cref="Create(ConversationKey, long, long)"/> does.</summary>
    /// <remarks>What is the same for all of them is found once.</remarks>
    public static Func<long, long, MessageUId> For(ConversationKey conversation)
    {
        var mask = MaskOf(conversation);
        return (seq, random) => Create(mask, seq, random);
    }

    private static MessageUId Create(UInt128 mask, long seq, long random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seq);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seq, SeqMax);
        var clear = ((UInt128)(ulong)seq << 44) | ((ulong)random & ((1UL << 44) - 1));
        return new(Write(clear ^ mask));
    }

    /// <summary>Accepts <paramref name="text"/> when it has the form of a name.</summary>
    public static bool TryParse(string? text, out MessageUId uid)
    {
        uid = default;
        if (text is not { Length: Digits + 3 })
            return false;
        for (var i = 0; i < text.Length; i++)
            if (i % 5 == 4 ? text[i] != '-' : !Alphabet.Contains(text[i], StringComparison.Ordinal))
                return false;
        uid = new(text);
        return true;
    }

    /// <summary>The place that the name says, if it is one of <paramref name="conversation"/>; else anything.</summary>
    public long SeqIn(ConversationKey conversation) => (long)(ulong)((Read(Value) ^ MaskOf(conversation)) >> 44);

    /// <inheritdoc />
    public override string ToString() => Value;

    private static UInt128 MaskOf(ConversationKey conversation)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(conversation.Value), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash) >> 48;
    }

    private static string Write(UInt128 bits) => string.Create(Digits + 3, bits, static (text, bits) =>
    {
        for (var i = text.Length - 1; i >= 0; i--)
            if (i % 5 == 4)
            {
                text[i] = '-';
            }
            else
            {
                text[i] = Alphabet[(int)(bits & 31)];
                bits >>= 5;
            }
    });

    private static UInt128 Read(string text)
    {
        UInt128 bits = 0;
        foreach (var digit in text)
            if (digit != '-')
                bits = (bits << 5) | (uint)Alphabet.IndexOf(digit, StringComparison.Ordinal);
        return bits;
    }
}
