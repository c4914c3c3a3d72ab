namespace ImOrleans.Gateway.Sessions;

/// <summary>How many messages a session in push mode could have had.</summary>
/// <param name="Period">Another one each time that push mode begins or ends.</param>
/// <param name="Count">How many.</param>
internal readonly record struct InboxTotal(long Period, long Count);
