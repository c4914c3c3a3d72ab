namespace ImOrleans.LocalRuntime;

/// <summary>The result of a method that gives none.</summary>
internal readonly struct VoidResult;
