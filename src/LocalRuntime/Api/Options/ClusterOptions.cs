namespace Orleans.Configuration;

/// <summary>The names of the cluster and of the service whose data it works on.</summary>
public class ClusterOptions
{
    public string ClusterId { get; set; } = "default";

    public string ServiceId { get; set; } = "default";
}
