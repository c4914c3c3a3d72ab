namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>What one says to another at this door.</summary>
/// <param name="From">Who says it.</param>
/// <param name="Text">What.</param>
/// <param name="Target">To whom, where that is not who gets it: a group, or the other one of what oneself has said.</param>
/// <param name="Type"><c>text</c>; of what is no text its type as the other doors call it.</param>
internal readonly record struct ImMessage(string From, string Text, string Target = "", string Type = "text");
