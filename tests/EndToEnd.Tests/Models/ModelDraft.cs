namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>A message as somebody sends it.</summary>
/// <param name="ObjectName">Its type.</param>
/// <param name="Text">What it says.</param>
/// <param name="Name">Its client message id.</param>
/// <param name="Receivers">Who is to get it besides its sender; null: all who are in the conversation.</param>
/// <param name="Mentioned">Who is mentioned; null: nobody. Empty: all.</param>
/// <param name="IsStatus">Whether it is only for who is connected.</param>
internal sealed record ModelDraft(
    string ObjectName, string Text, string? Name, IReadOnlyList<string>? Receivers, IReadOnlyList<string>? Mentioned,
    bool IsStatus)
{
    /// <summary>A message that has it is not stored.</summary>
    public const string ShieldedWord = "scandal";

    /// <summary>In its place stands <see cref="Mask"/>.</summary>
    public const string MaskedWord = "rumour";

    public const string Mask = "***";

    /// <summary>The one type here whose text the server looks at.</summary>
    public const string LookedAt = "RC:TxtMsg";

    /// <summary>The one type here that is not counted, but stored.</summary>
    public const string Uncounted = "RC:InfoNtf";

    public bool IsShielded => ObjectName == LookedAt && Text.Contains(ShieldedWord, StringComparison.OrdinalIgnoreCase);

    public bool IsMasked => ObjectName == LookedAt && Text.Contains(MaskedWord, StringComparison.OrdinalIgnoreCase);

    /// <summary>As it is stored and delivered.</summary>
    public ModelDraft WithMasks() =>
        IsMasked ? this with { Text = Text.Replace(MaskedWord, Mask, StringComparison.OrdinalIgnoreCase) } : this;

    /// <summary>The field of a request and of a message; null when nobody is mentioned.</summary>
    public object? MentionedField() => Mentioned is null ? null
        : Mentioned.Count == 0 ? new { type = "all" }
        : new { type = "part", userIds = Mentioned };

    /// <summary>The fields of a request that do not say where to.</summary>
    public Dictionary<string, object> Fields()
    {
        var fields = new Dictionary<string, object>
        {
            ["objectName"] = ObjectName, ["content"] = new { content = Text },
        };
        if (Name is not null)
            fields["clientMessageId"] = Name;
        if (Receivers is not null)
            fields["toUserIds"] = Receivers;
        if (MentionedField() is { } mentioned)
            fields["mentioned"] = mentioned;
        if (IsStatus)
            fields["isStatus"] = true;
        return fields;
    }
}
