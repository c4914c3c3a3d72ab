namespace ImOrleans.Gateway.Sessions;

/// <summary>How far a session in push mode could have got, in all conversations together.</summary>
/// <param name="Period">Another one each time that push mode begins or ends.</param>
/// <param name="Count">The sum of the places.</param>
internal readonly record struct InboxTotal(long Period, long Count);
