namespace ImOrleans.Domain.History;

/// <summary>An append has failed in a way that leaves open whether the message is stored.</summary>
public sealed class HistoryUnknownException(string message, Exception inner) : Exception(message, inner);
