using System.Collections.Frozen;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.Conversations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Conversations;

/// <summary>What a message has to pass before it is stored or passed on, whatever kind of conversation it is for.</summary>
/// <remarks>
/// What they say goes to <see cref="ConversationWriter.SendAsync"/>, which answers a repetition of a stored message as the
/// first time before it refuses.
/// </remarks>
public sealed class SendRules
{
    private readonly SensitiveWords? _shielded;
    private readonly SensitiveWords? _replaced;
    private readonly string _mask;
    private readonly FrozenDictionary<string, string[]> _texts;

    /// <param name="options">The words.</param>
    public SendRules(IOptions<SensitiveWordOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var words = options.Value;
        _shielded = words.Shield.Length == 0 ? null : new(words.Shield);
        _replaced = words.Replace.Length == 0 ? null : new(words.Replace);
        _mask = words.Mask;
        _texts = words.LookedAt.GroupBy(type => type.ObjectName, type => type.Fields).ToFrozenDictionary(
            type => type.Key, type => type.SelectMany(fields => fields).Distinct().ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Looks for words that are not allowed; messages of the app are not looked at.</summary>
    internal Ruling Decide(ConversationKey conversation, SendChatMessageRequest request)
    {
        if ((_shielded is null && _replaced is null) || request.IsOfApp || conversation.Type == ConversationType.System
            || !_texts.TryGetValue(request.ObjectName, out var names))
            return new(request, null);
        var texts = ContentTexts.Find(request.Content.Span, names);
        if (texts.Any(text => _shielded?.IsIn(text.Text) == true))
            return new(request, new(ErrorCode.SensitiveShield));
        var masked = texts.Where(text => _replaced?.IsIn(text.Text) == true)
            .Select(text => (text, _replaced!.Mask(text.Text, _mask))).ToArray();
        if (masked.Length == 0)
            return new(request, null);
        var content = ContentTexts.Replace(request.Content.Span, masked);
        return content.Length > ConversationLimits.ContentBytesMax
            ? new(request, new(ErrorCode.SensitiveShield, "The message would be too long with its words masked; it was not sent."))
            : new(request with { Content = content, Flags = request.Flags | MessageFlags.Masked }, null);
    }
}

/// <summary>What the rules make of a message.</summary>
/// <param name="Request">The message, as it is to be stored.</param>
/// <param name="Refusal">Why it is not to be stored; null when it is.</param>
internal readonly record struct Ruling(SendChatMessageRequest Request, Refusal? Refusal);
