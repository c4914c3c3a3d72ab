using System.ComponentModel.DataAnnotations;

namespace ImOrleans.Gateway.Hosting;

/// <summary>Which cluster a process belongs to. The same in all its silos and gateways.</summary>
/// <remarks>Read on the Orleans runtime only: the Local one is one process, and refuses to be told otherwise.</remarks>
public sealed class ClusterOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Cluster";

    /// <summary>How the processes find each other.</summary>
    /// <remarks><b>Default:</b> <see cref="ClusteringKind.Localhost"/>.</remarks>
    [EnumDataType(typeof(ClusteringKind))]
    public ClusteringKind Clustering { get; set; }

    /// <summary>Names the cluster: silos with another one in the same database do not see each other.</summary>
    /// <remarks><b>Default:</b> <c>imorleans</c>. <b>Range:</b> 1 to 64 characters.</remarks>
    [Required, StringLength(64)]
    public string ClusterId { get; set; } = "imorleans";

    /// <summary>Names the service: states of grains are kept under it, so it must never change.</summary>
    /// <remarks><b>Default:</b> <c>imorleans</c>. <b>Range:</b> 1 to 64 characters.</remarks>
    [Required, StringLength(64)]
    public string ServiceId { get; set; } = "imorleans";

    /// <summary>The database, as Npgsql reads it: <c>Host=…;Database=…;Username=…;Password=…</c>. A secret.</summary>
    /// <remarks><b>Default:</b> none; <see cref="ClusteringKind.PostgreSql"/> needs it, nothing else reads it.</remarks>
    public string? ConnectionString { get; set; }

    /// <summary>How often silos probe each other. One that misses three probes in a row is declared dead.</summary>
    /// <remarks>
    /// <b>Default:</b> 5 s, so a killed silo is gone after some 15 s. <b>Range:</b> 1 s to 1 min. <b>Trade-off:</b>
    /// shorter finds the dead sooner, and takes a silo that only pauses for one of them.
    /// </remarks>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ProbePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>With Localhost: the <c>Silo:Port</c> of the first silo, which all others join.</summary>
    /// <remarks><b>Default:</b> 11111.</remarks>
    [Range(1, 65535)]
    public int LocalhostSiloPort { get; set; } = 11111;

    /// <summary>With Localhost: the <c>Silo:GatewayPort</c> that a gateway process connects to.</summary>
    /// <remarks><b>Default:</b> 30000.</remarks>
    [Range(1, 65535)]
    public int LocalhostGatewayPort { get; set; } = 30000;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Clustering == ClusteringKind.PostgreSql && string.IsNullOrWhiteSpace(ConnectionString))
            yield return new(
                $"{SectionName}:{nameof(ConnectionString)} is not set; {SectionName}:{nameof(Clustering)}="
                + $"{nameof(ClusteringKind.PostgreSql)} needs it (environment {SectionName}__{nameof(ConnectionString)}).",
                [nameof(ConnectionString)]);
    }
}
