namespace ImOrleans.Domain.Errors;

/// <summary>The value of an accepted call that has nothing to tell.</summary>
[GenerateSerializer, Immutable, Alias("im.Done")]
public readonly record struct Done;
