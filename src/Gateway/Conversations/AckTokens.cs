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
/// What a client shows to say that it has received a batch: the places themselves, signed for its user and device, so that
/// every gateway knows it and none has to remember it.
/// </summary>
internal sealed class AckTokens(AppCredentials app)
{
    private const int SignatureBytes = 16;

    private readonly byte[] _key = HMACSHA256.HashData(app.GetSigningKey(), "im.ack"u8);

    /// <summary>Writes a token for places.</summary>
    public string Write(UserId user, DeviceId device, ImmutableArray<DevicePosition> positions)
    {
        var text = new StringBuilder();
        foreach (var position in positions)
            text.Append(CultureInfo.InvariantCulture, $"{position.DeliveredSeq} {position.Key.Value}\n");
        var body = Encoding.UTF8.GetBytes(text.ToString());
        return Base64Url.EncodeToString([.. Sign(user, device, body), .. body]);
    }

    /// <summary>Reads a token; false when it is none of this user and device.</summary>
    public bool TryRead(
        UserId user, DeviceId device, string token, [NotNullWhen(true)] out ImmutableArray<DevicePosition>? positions)
    {
        positions = null;
        if (!Base64Url.IsValid(token, out var length) || length < SignatureBytes)
            return false;
        var bytes = Base64Url.DecodeFromChars(token);
        var body = bytes[SignatureBytes..];
        if (!CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, SignatureBytes), Sign(user, device, body)))
            return false;

        // Ours, so it has the form in which it was written.
        positions =
        [
            .. Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
                new DevicePosition(
                    ConversationKey.Parse(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]),
                    long.Parse(line[..line.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture))),
        ];
        return true;
    }

    private byte[] Sign(UserId user, DeviceId device, byte[] body)
    {
        byte[] input = [.. Encoding.UTF8.GetBytes(GrainKey.Join('a', user.Value, device.Value)), 0, .. body];
        return HMACSHA256.HashData(_key, input)[..SignatureBytes];
    }
}
