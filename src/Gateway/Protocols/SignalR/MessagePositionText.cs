using System.Globalization;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// An epoch as clients see it: a text that they only compare. As a number it would not fit into those of JavaScript.
/// </summary>
internal static class MessagePositionText
{
    public static string EpochText(this MessagePosition position) =>
        position.Epoch.ToString(CultureInfo.InvariantCulture);

    /// <summary>The epoch that a text stands for; zero, which no channel has, when it is none of ours.</summary>
    public static long ToEpoch(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0;
}
