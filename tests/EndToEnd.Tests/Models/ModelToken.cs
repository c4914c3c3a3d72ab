namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>What a device shows to say that it has something.</summary>
/// <param name="Text">The token.</param>
/// <param name="Places">What it stands for.</param>
/// <param name="Connection">The connection on which alone it counts; null: everywhere.</param>
internal sealed record ModelToken(
    string Text, IReadOnlyList<(ModelConversation Conversation, long Seq)> Places, int? Connection);
