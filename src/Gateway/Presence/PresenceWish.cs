namespace ImOrleans.Gateway.Presence;

/// <summary>What a session that enters a channel wants of its presence.</summary>
/// <param name="WantsEvents">To be told who comes and goes.</param>
/// <param name="IsQuiet">To be there without anybody being told.</param>
/// <param name="IsDeclined">
/// True when the client said that it does not want to be told, rather than nothing: it hears that this is so.
/// </param>
internal readonly record struct PresenceWish(bool WantsEvents, bool IsQuiet, bool IsDeclined);
