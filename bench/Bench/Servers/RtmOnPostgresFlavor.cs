namespace ImOrleans.Bench.Servers;

/// <summary>This server with messages in PostgreSQL; what it keeps of itself is in files, as ever.</summary>
internal sealed class RtmOnPostgresFlavor(string connectionString) : RtmFlavor
{
    /// <inheritdoc />
    public override IEnumerable<string> Arguments(string? dataDirectory) =>
        [.. base.Arguments(dataDirectory), "--Storage:ConnectionString", connectionString];
}
