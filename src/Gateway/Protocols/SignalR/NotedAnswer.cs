namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>The data of a call that was done, with a code that says how it was done otherwise than asked.</summary>
internal sealed record NotedAnswer(ErrorCode Code, object Data);
