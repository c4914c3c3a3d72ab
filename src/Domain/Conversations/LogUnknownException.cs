namespace ImOrleans.Domain.Conversations;

/// <summary>A write to the message log has failed in a way that leaves open whether it was done, or will be.</summary>
public sealed class LogUnknownException(string message, Exception inner) : Exception(message, inner);
