using System.Diagnostics.CodeAnalysis;

namespace ImOrleans.Domain.Errors;

/// <summary>
/// A value, or the reason why there is none. Expected refusals are values; exceptions are for broken things.
/// </summary>
[GenerateSerializer, Immutable, Alias("im.Outcome`1")]
public readonly record struct Outcome<T>([property: Id(0)] T? Value, [property: Id(1)] Refusal? Refusal)
{
    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(false, nameof(Refusal))]
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsAccepted => Refusal is null;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);

    public static implicit operator Outcome<T>(ErrorCode code) => new(default, new Refusal(code));

    /// <summary>The same outcome without its value.</summary>
    public Outcome<Done> WithoutValue() => new(default, Refusal);

    /// <summary>The same refusal for a value of another type.</summary>
    public Outcome<TOther> As<TOther>() =>
        new(default, Refusal ?? throw new InvalidOperationException("An accepted outcome has no refusal."));
}
