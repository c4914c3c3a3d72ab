using System.Globalization;
using ImOrleans.Domain.Identifiers;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>What a client says in the query of its connection.</summary>
/// <param name="Device">The device's name.</param>
/// <param name="PresenceTimeout">How long a lost connection is waited for.</param>
internal readonly record struct HubConnectParameters(DeviceId Device, TimeSpan PresenceTimeout)
{
    private const int PresenceTimeoutSecondsMin = 5;
    private const int PresenceTimeoutSecondsMax = 300;

    /// <summary>Reads the query; false when a value is not allowed.</summary>
    public static bool TryRead(HttpRequest request, out HubConnectParameters parameters)
    {
        parameters = default;
        var device = request.Query.TryGetValue("device", out var name) ? name.ToString() : "default";
        var timeout = request.Query.TryGetValue("presenceTimeout", out var text) ? text.ToString() : "300";
        if (!DeviceId.TryParse(device, out var deviceId)
            || !int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < PresenceTimeoutSecondsMin or > PresenceTimeoutSecondsMax)
            return false;
        parameters = new(deviceId, TimeSpan.FromSeconds(seconds));
        return true;
    }
}
