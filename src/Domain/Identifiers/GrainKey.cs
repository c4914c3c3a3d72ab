using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Domain.Identifiers;

/// <summary>
/// The keys of grains: a letter for the kind, then length-prefixed parts, so that no choice of names can make two
/// keys meet: <c>t:5:lobby4:news</c>.
/// </summary>
/// <remarks><b>Unit:</b> the lengths count bytes of UTF-8.</remarks>
public static class GrainKey
{
    public static string User(UserId user) => Join('u', user.Value);

    /// <summary>What a user has received of its conversations.</summary>
    public static string Inbox(UserId user) => Join('i', user.Value);

    /// <summary>What a gateway asks of the inboxes of all its users.</summary>
    public static string InboxTotals(GatewayId gateway) => Join('w', gateway.Value);

    /// <summary>The groups that a user is in.</summary>
    public static string UserGroups(UserId user) => Join('n', user.Value);

    public static string StreamChannel(ChannelName channel) => Join('s', channel.Value);

    public static string MessageChannel(ChannelName channel) => Join('m', channel.Value);

    public static string Topic(ChannelName channel, TopicName topic) => Join('t', channel.Value, topic.Value);

    /// <summary>The metadata of a channel or a user, and the locks of a channel.</summary>
    public static string SharedData(ChannelType type, string name) =>
        Join('d', ((int)type).ToString(CultureInfo.InvariantCulture), name);

    /// <summary>Writes a key of <paramref name="parts"/>.</summary>
    public static string Join(char kind, params ReadOnlySpan<string> parts)
    {
        var key = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        key.AppendFormatted(kind);
        key.AppendLiteral(":");
        foreach (var part in parts)
        {
            key.AppendFormatted(Encoding.UTF8.GetByteCount(part));
            key.AppendLiteral(":");
            key.AppendLiteral(part);
        }

        return key.ToStringAndClear();
    }

    /// <summary>Reads back the parts that <see cref="Join"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not such a key of <paramref name="kind"/>.</exception>
    public static IReadOnlyList<string> Split(char kind, string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key).AsSpan();
        if (bytes.Length < 2 || bytes[0] != kind || bytes[1] != ':')
            throw new FormatException($"'{key}' is not a grain key of kind '{kind}'.");
        var parts = new List<string>();
        for (bytes = bytes[2..]; !bytes.IsEmpty;)
        {
            var colon = bytes.IndexOf((byte)':');
            if (colon < 1
                || !int.TryParse(bytes[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length > bytes.Length - colon - 1)
                throw new FormatException($"'{key}' has a part of a wrong length.");
            parts.Add(Encoding.UTF8.GetString(bytes.Slice(colon + 1, length)));
            bytes = bytes[(colon + 1 + length)..];
        }

        return parts;
    }
}
