using System.ComponentModel.DataAnnotations;
using System.Net;

namespace ImOrleans.Silo;

/// <summary>How this silo is part of its cluster.</summary>
/// <remarks>Read on the Orleans runtime only, except for <see cref="Gateway"/>.</remarks>
public sealed class SiloOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Silo";

    /// <summary>Whether this process is a gateway too. Without, clients come through gateway processes only.</summary>
    /// <remarks><b>Default:</b> true. The Local runtime refuses false: nobody could reach it.</remarks>
    public bool Gateway { get; set; } = true;

    /// <summary>Where other silos connect.</summary>
    /// <remarks><b>Default:</b> 11111.</remarks>
    [Range(1, 65535)]
    public int Port { get; set; } = 11111;

    /// <summary>Where gateway processes connect.</summary>
    /// <remarks><b>Default:</b> 30000.</remarks>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address at which others reach this silo, and at which it listens.</summary>
    /// <remarks>
    /// <b>Default:</b> the loopback on Localhost, else the first address of this machine. In a pod: the pod's own.
    /// </remarks>
    public string? AdvertisedAddress { get; set; }

    /// <summary><see cref="AdvertisedAddress"/>, parsed; null when it is not set.</summary>
    internal IPAddress? AdvertisedIPAddress =>
        string.IsNullOrWhiteSpace(AdvertisedAddress) ? null : IPAddress.Parse(AdvertisedAddress);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrWhiteSpace(AdvertisedAddress)
            && (!IPAddress.TryParse(AdvertisedAddress, out var address)
                || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
            yield return new(
                $"{SectionName}:{nameof(AdvertisedAddress)} must be the IP address of this silo, not '{AdvertisedAddress}'.",
                [nameof(AdvertisedAddress)]);
        if (Port == GatewayPort)
            yield return new(
                $"{SectionName}:{nameof(Port)} and {SectionName}:{nameof(GatewayPort)} must differ.", [nameof(GatewayPort)]);
    }
}
