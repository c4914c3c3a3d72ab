namespace ImOrleans.Gateway.Tests.Auth;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class TestTime(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public static DateTimeOffset Start { get; } = new(2030, 5, 17, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
