using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Auth;

namespace ImOrleans.Gateway.Conversations;

/// <summary>
/// What a client shows to say that it has received a batch: the places themselves, signed, so that every gateway knows it and
/// none has to remember it. That of a pull is signed for its user and device; that of a pushed batch is the same for all who
/// get it, and its session knows whether it was handed so much.
/// </summary>
internal sealed class AckTokens(AppCredentials app)
{
    private const int SignatureBytes = 16;

    /// <summary>Begins the token of a pushed batch; no other has a dot.</summary>
    private const string PushedPrefix = "p.";

    private readonly byte[] _key = HMACSHA256.HashData(app.GetSigningKey(), "im.ack"u8);
    private readonly byte[] _pushedKey = HMACSHA256.HashData(app.GetSigningKey(), "im.ack.pushed"u8);

    /// <summary>Writes a token for places.</summary>
    public string Write(UserId user, DeviceId device, ImmutableArray<DevicePosition> positions)
    {
        var text = new StringBuilder();
        foreach (var position in positions)
            text.Append(CultureInfo.InvariantCulture, $"{position.DeliveredSeq} {position.Key.Value}\n");
        var body = Encoding.UTF8.GetBytes(text.ToString());
        return Base64Url.EncodeToString([.. Sign(user, device, body), .. body]);
    }

    /// <summary>Writes the token of a pushed batch.</summary>
    public string Write(DevicePosition position)
    {
        var body = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{position.DeliveredSeq} {position.Key.Value}"));
        return $"{PushedPrefix}{Base64Url.EncodeToString([.. SignPushed(body), .. body])}";
    }

    /// <summary>Reads the token of a pushed batch; false when it is none.</summary>
    public bool TryRead(string token, out DevicePosition position)
    {
        position = default;
        if (!token.StartsWith(PushedPrefix, StringComparison.Ordinal)
            || !TryOpen(token.AsSpan(PushedPrefix.Length), SignPushed, out var body))
            return false;
        position = Place(Encoding.UTF8.GetString(body));
        return true;
    }

    /// <summary>Reads a token; false when it is none of this user and device.</summary>
    public bool TryRead(
        UserId user, DeviceId device, string token, [NotNullWhen(true)] out ImmutableArray<DevicePosition>? positions)
    {
        positions = null;
        if (!TryOpen(token, body => Sign(user, device, body), out var body))
            return false;
        positions = [.. Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Place)];
        return true;
    }

    private static bool TryOpen(ReadOnlySpan<char> token, Func<byte[], byte[]> sign, [NotNullWhen(true)] out byte[]? body)
    {
        body = null;
        if (!Base64Url.IsValid(token, out var length) || length < SignatureBytes)
            return false;
        var bytes = Base64Url.DecodeFromChars(token);
        body = bytes[SignatureBytes..];
        return CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, SignatureBytes), sign(body));
    }

    /// <summary>Ours, so it has the form in which it was written.</summary>
    private static DevicePosition Place(string line) => new(
        ConversationKey.Parse(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]),
        long.Parse(line[..line.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture));

    private byte[] SignPushed(byte[] body) => HMACSHA256.HashData(_pushedKey, body)[..SignatureBytes];

    private byte[] Sign(UserId user, DeviceId device, byte[] body)
    {
        byte[] input = [.. Encoding.UTF8.GetBytes(GrainKey.Join('a', user.Value, device.Value)), 0, .. body];
        return HMACSHA256.HashData(_key, input)[..SignatureBytes];
    }
}
