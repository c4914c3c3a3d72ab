namespace ImOrleans.Client.Connections;

/// <summary>The link ended before a call was answered.</summary>
internal sealed class LinkLostException(string message, Exception? inner = null) : Exception(message, inner);
