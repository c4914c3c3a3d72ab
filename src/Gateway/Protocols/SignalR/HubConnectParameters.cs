using System.Globalization;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Gateway.Sessions;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>What a client says in the query of its connection.</summary>
/// <param name="Device">The device's name.</param>
/// <param name="Wishes">What it asks of its session.</param>
internal readonly record struct HubConnectParameters(DeviceId Device, ConnectWishes Wishes)
{
    /// <summary>What is told when the query is not allowed.</summary>
    public const string Rule =
        "'device' must be 1 to 64 bytes of printable text, 'deviceClass' mobile, web, desktop, miniProgram or other, "
        + "'presenceTimeout' 5 to 300 seconds, 'session' the key of a "
        + "session or empty, 'received' a whole number.";

    /// <summary>Reads the query; false when a value is not allowed.</summary>
    public static bool TryRead(HttpRequest request, out HubConnectParameters parameters)
    {
        parameters = default;
        var device = request.Query.TryGetValue("device", out var name) ? name.ToString() : "default";
        if (!DeviceId.TryParse(device, out var deviceId)
            || !TryReadClass(request.Query, out var deviceClass)
            || !TryReadTimeout(request.Query, out var timeout)
            || !TryReadNumber(request.Query, "received", out var received))
            return false;
        var isResumable = request.Query.TryGetValue("session", out var session);
        var text = session.ToString();
        if (text.Length > SessionKey.TextLengthMax)
            return false;
        parameters = new(deviceId, new()
        {
            Class = deviceClass,
            PresenceTimeout = timeout,
            IsResumable = isResumable,
            Previous = SessionKey.TryParse(text, out var previous) ? previous : null,
            Received = received ?? 0,
        });
        return true;
    }

    private static bool TryReadClass(IQueryCollection query, out DeviceClass deviceClass)
    {
        DeviceClass? named = query.TryGetValue("deviceClass", out var name)
            ? name.ToString() switch
            {
                "mobile" => DeviceClass.Mobile,
                "web" => DeviceClass.Web,
                "desktop" => DeviceClass.Desktop,
                "miniProgram" => DeviceClass.MiniProgram,
                "other" => DeviceClass.Other,
                _ => null,
            }
            : DeviceClass.Other;
        deviceClass = named ?? default;
        return named is not null;
    }

    private static bool TryReadTimeout(IQueryCollection query, out TimeSpan? timeout)
    {
        timeout = null;
        if (!TryReadNumber(query, "presenceTimeout", out var seconds))
            return false;
        if (seconds is not { } asked)
            return true;
        if (asked < RtmLimits.PresenceTimeoutMin.TotalSeconds || asked > RtmLimits.PresenceTimeoutMax.TotalSeconds)
            return false;
        timeout = TimeSpan.FromSeconds(asked);
        return true;
    }

    private static bool TryReadNumber(IQueryCollection query, string name, out long? number)
    {
        number = null;
        if (!query.TryGetValue(name, out var text))
            return true;
        if (!long.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        number = value;
        return true;
    }
}
