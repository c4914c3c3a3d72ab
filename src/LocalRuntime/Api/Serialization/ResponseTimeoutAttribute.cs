using System.Globalization;

namespace Orleans;

/// <summary>How long a caller of this method waits, as <c>hh:mm:ss</c>, instead of the silo's own limit.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
{
    public TimeSpan? Timeout { get; init; } = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);
}
