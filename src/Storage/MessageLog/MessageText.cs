using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.MessageLog;

/// <summary>How the parts of a message lie in columns.</summary>
internal static class MessageText
{
    /// <summary>No identifier has it.</summary>
    private const char Between = '\n';

    /// <summary>Users as one text; null for none.</summary>
    public static string? Join(ImmutableArray<UserId> users) =>
        users.IsDefaultOrEmpty ? null : string.Join(Between, users.Select(user => user.Value));

    public static ImmutableArray<UserId> Split(string? users) =>
        users is null ? [] : [.. users.Split(Between).Select(user => new UserId(user))];

    /// <summary>Text that may have any character, also those that a database's text may not.</summary>
    public static byte[] Encode(string text) => Encoding.UTF8.GetBytes(text);

    public static string Decode(byte[] text) => Encoding.UTF8.GetString(text);

    public static byte[]? EncodeOrNull(string? text) => text is null ? null : Encode(text);

    /// <summary>The bytes, copied only when they are a part of something.</summary>
    public static byte[] ArrayOf(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array!.Length == segment.Count
            ? segment.Array
            : bytes.ToArray();

    public static byte[]? ArrayOrNull(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? null : ArrayOf(bytes);
}
