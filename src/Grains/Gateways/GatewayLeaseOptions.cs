using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Gateways;

/// <summary>When a silent gateway counts as gone.</summary>
public sealed class GatewayLeaseOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "GatewayLeases";

    /// <summary>How long a gateway may be silent.</summary>
    /// <remarks><b>Default:</b> 30 s, three of the gateways' renewals.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a silo reads the leases.</summary>
    /// <remarks><b>Default:</b> 5 s. <b>Range:</b> at most a third of <see cref="LeaseDuration"/>.</remarks>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:20:00")]
    public TimeSpan PollPeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PollPeriod * 3 > LeaseDuration)
            yield return new ValidationResult(
                $"{SectionName}:{nameof(PollPeriod)} is more than a third of {SectionName}:{nameof(LeaseDuration)}.",
                [nameof(PollPeriod)]);
    }
}

/// <summary>Checks <see cref="GatewayLeaseOptions"/> when the host starts.</summary>
[OptionsValidator]
public sealed partial class GatewayLeaseOptionsValidator : IValidateOptions<GatewayLeaseOptions>;
