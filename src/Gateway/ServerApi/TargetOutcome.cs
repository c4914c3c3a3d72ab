using ImOrleans.Domain.Errors;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>What came of a call for one of its targets.</summary>
/// <param name="TargetId">The user or group.</param>
/// <param name="Outcome">What is answered for it, or why it was not done.</param>
internal readonly record struct TargetOutcome(string TargetId, Outcome<object> Outcome);
