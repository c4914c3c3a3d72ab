using System.Collections.Frozen;
using System.Text;

namespace ImOrleans.Domain.Conversations;

/// <summary>The types of messages: which of the known ones are counted and stored.</summary>
/// <remarks><b>Source:</b> feature rows RC18 to RC20.</remarks>
public static class ObjectName
{
    private static readonly FrozenSet<string> Uncounted = Set(
        "RC:ContactNtf", "RC:ProfileNtf", "RC:CmdNtf", "RC:InfoNtf", "RC:GrpNtf", "RC:RcCmd");

    private static readonly FrozenSet<string> Unstored = Set(
        "RC:ReadNtf", "RC:PSCmd", "RC:CmdMsg", "RC:TypSts", "RC:RRReqMsg", "RC:RRRspMsg", "RC:SRSMsg", "RC:chrmKVNotiMsg");

    /// <summary>
    /// Whether a text can be a type: 1 to <see cref="ConversationLimits.ObjectNameBytesMax"/> bytes without spaces or
    /// control characters.
    /// </summary>
    public static bool IsWellFormed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0 || Encoding.UTF8.GetByteCount(text) > ConversationLimits.ObjectNameBytesMax)
            return false;
        foreach (var rune in text.EnumerateRunes())
            if (rune == Rune.ReplacementChar || Rune.IsControl(rune) || Rune.IsWhiteSpace(rune))
                return false;
        return true;
    }

    /// <summary>Whether the receivers' unread count rises; true for types that are not known.</summary>
    public static bool IsCounted(string objectName) => !Uncounted.Contains(objectName) && !Unstored.Contains(objectName);

    /// <summary>Whether it is stored; true for types that are not known.</summary>
    public static bool IsStored(string objectName) => !Unstored.Contains(objectName);

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
