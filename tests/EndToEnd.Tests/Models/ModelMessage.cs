namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>A message as it should be stored.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="UId">Its name.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Text">What it says.</param>
/// <param name="Receivers">Who gets it besides its sender; null: all who are in the conversation.</param>
/// <param name="Writer">The login that sent it; null for the app server.</param>
internal sealed record ModelMessage(
    long Seq, string UId, string Sender, string Text, IReadOnlyList<string>? Receivers, ModelDevice? Writer);
