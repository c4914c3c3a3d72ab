namespace ImOrleans.LocalRuntime.Tests;

/// <summary>The surroundings of a turn.</summary>
/// <param name="IsInsideCall">True when it ran while its caller had not got its task yet, on the same thread.</param>
/// <param name="IsOnScheduler">True when the current scheduler was the grain's.</param>
/// <param name="Ambient">What the turn saw of <see cref="CallersGrain.Ambient"/>.</param>
/// <param name="Request">What the turn saw of the request context.</param>
internal sealed record CallersTurn(bool IsInsideCall, bool IsOnScheduler, string? Ambient, object? Request);
