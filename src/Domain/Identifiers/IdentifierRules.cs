using System.Buffers;
using System.Text;

namespace ImOrleans.Domain.Identifiers;

/// <summary>Which characters the identifiers of the RTM family may have.</summary>
/// <remarks><b>Source:</b> feature rows R2 (user ids), R3 (channel names) and R24 (topic names).</remarks>
internal static class IdentifierRules
{
    /// <summary>The longest identifier, in bytes of UTF-8.</summary>
    public const int BytesMax = 64;

    private const string Alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private static readonly SearchValues<char> UserCharacters =
        SearchValues.Create(Alphanumeric + " !#$%&()+-:;<=.>?@[]^_{}|~,'");

    private static readonly SearchValues<char> ChannelCharacters =
        SearchValues.Create(Alphanumeric + " !#$%&()+-:;<=>?@[]^_{}|~,`");

    public static bool IsUserId(string? value) =>
        HasLength(value) && HasNoOuterSpace(value!) && !value.AsSpan().ContainsAnyExcept(UserCharacters);

    public static bool IsChannelName(string? value) =>
        HasLength(value) && value![0] != '_' && HasNoOuterSpace(value)
        && !value.AsSpan().ContainsAnyExcept(ChannelCharacters);

    public static bool IsTopicName(string? value) =>
        HasLength(value) && value![0] != '_' && value.AsSpan().IndexOfAny(@".*/\") < 0 && IsPrintable(value);

    public static bool IsLockName(string? value) => HasLength(value) && IsPrintable(value!);

    public static bool IsDeviceId(string? value) => HasLength(value) && IsPrintable(value!);

    public static bool IsGroupId(string? value) => HasLength(value) && IsPrintable(value!);

    private static bool HasLength(string? value) =>
        !string.IsNullOrEmpty(value) && value.Length <= BytesMax && Encoding.UTF8.GetByteCount(value) <= BytesMax;

    private static bool HasNoOuterSpace(string value) => value[0] != ' ' && value[^1] != ' ';

    private static bool IsPrintable(string value)
    {
        foreach (var rune in value.EnumerateRunes())
            if (rune == Rune.ReplacementChar || Rune.IsControl(rune))
                return false;
        return true;
    }
}
