using System.ComponentModel.DataAnnotations;
using System.Net;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>The door for the RTM2 Go SDK. Section <c>GoWire</c>.</summary>
public sealed class GoWireOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "GoWire";

    /// <summary>Where the door listens: an IP address and a TCP port, such as <c>0.0.0.0:7001</c>.</summary>
    /// <remarks>
    /// <b>Default:</b> none, so there is no door. Port 0 takes a free one. The wire has no encryption: let only trusted
    /// networks reach it, or put a proxy with TLS in front.
    /// </remarks>
    public string? Listen { get; set; }

    /// <summary>Connections at a time, signed in or not; those above it are cut off at once.</summary>
    /// <remarks><b>Range:</b> 1 to 1,000,000. <b>Default:</b> 10,000.</remarks>
    [Range(1, 1_000_000)]
    public int ConnectionsMax { get; set; } = 10_000;

    /// <summary>How long a connection may be open without a login that succeeded.</summary>
    /// <remarks><b>Range:</b> 1 s to 5 min. <b>Default:</b> 10 s.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan LoginTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Where it listens; null when it does not.</summary>
    public IPEndPoint? ToEndPoint() =>
        string.IsNullOrEmpty(Listen) ? null : TryParse(Listen, out var address) ? address : throw new FormatException(Wrong);

    private const string Wrong = $"{SectionName}:{nameof(Listen)} must be an IP address and a port, such as 0.0.0.0:7001.";

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Listen) && !TryParse(Listen, out _))
            yield return new(Wrong, [nameof(Listen)]);
    }

    /// <remarks>The framework's parser takes an address without a port too, and means port 0.</remarks>
    private static bool TryParse(string text, out IPEndPoint address) =>
        IPEndPoint.TryParse(text, out address!) && text.EndsWith($":{address.Port}", StringComparison.Ordinal)
        && text.Length > address.Address.ToString().Length;
}
