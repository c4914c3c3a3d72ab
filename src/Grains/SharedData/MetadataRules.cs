using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Grains.SharedData;

/// <summary>What a change of metadata makes of what is stored.</summary>
internal static class MetadataRules
{
    /// <summary>Decides on a change whose form is right; all of its items, or none.</summary>
    public static Outcome<MetadataDecision> Decide(SharedDataState state, ChangeMetadataRequest request, long nowUnixMs)
    {
        if (CheckLock(state, request) is { } locked)
            return locked;
        if (request.MajorRevision != MetadataWrite.AnyRevision && request.MajorRevision != state.MajorRevision)
            return new Refusal(
                ErrorCode.StorageOutdatedRevision, Text($"The major revision is {state.MajorRevision} by now."));
        var known = state.Items.ToDictionary(item => item.Key, StringComparer.Ordinal);
        foreach (var write in request.Items)
            if (CheckItem(known, request.Kind, write) is { } refusal)
                return refusal;
        return request.Kind == MetadataChangeKind.Remove
            ? Remove(state, request, known)
            : Write(state, request, nowUnixMs);
    }

    /// <summary>The bytes that count against the limit.</summary>
    public static int BytesOf(IEnumerable<MetadataItem> items) =>
        items.Sum(item => Encoding.UTF8.GetByteCount(item.Key) + Encoding.UTF8.GetByteCount(item.Value));

    private static Refusal? CheckLock(SharedDataState state, ChangeMetadataRequest request)
    {
        if (request.Lock is not { } name)
            return null;
        var guard = state.Locks.FirstOrDefault(detail => detail.Name == name);
        if (guard is null)
            return new(ErrorCode.StorageInvalidLockName, $"The channel has no lock '{name}'.");
        if (guard.Owner != request.User)
            return new(ErrorCode.StorageLockNotAcquired, $"{request.User} does not have the lock '{name}'.");
        return request.FencingToken == 0 || request.FencingToken == guard.FencingToken
            ? null
            : new(ErrorCode.StorageLockNotAcquired, Text($"The lock '{name}' was granted again since; its token is another."));
    }

    private static Refusal? CheckItem(
        Dictionary<string, MetadataItem> known, MetadataChangeKind kind, MetadataWrite write)
    {
        var isKnown = known.TryGetValue(write.Key, out var item);
        if (!isKnown && kind != MetadataChangeKind.Set)
            return new(ErrorCode.StorageInvalidMetadataItem, $"There is no item '{write.Key}'.");
        return write.Revision == MetadataWrite.AnyRevision || write.Revision == item?.Revision
            ? null
            : new(
                ErrorCode.StorageOutdatedRevision,
                isKnown ? Text($"The item '{write.Key}' has revision {item!.Revision} by now.") : $"There is no item '{write.Key}'.");
    }

    private static Outcome<MetadataDecision> Remove(
        SharedDataState state, ChangeMetadataRequest request, Dictionary<string, MetadataItem> known)
    {
        var removed = request.Items.IsEmpty ? state.Items : [.. request.Items.Select(write => known[write.Key])];
        if (removed.IsEmpty)
            return new MetadataDecision(state, []);
        var keys = removed.Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        return new MetadataDecision(
            state with
            {
                MajorRevision = state.MajorRevision + 1,
                Items = [.. state.Items.Where(item => !keys.Contains(item.Key))],
            },
            removed);
    }

    private static Outcome<MetadataDecision> Write(SharedDataState state, ChangeMetadataRequest request, long nowUnixMs)
    {
        var revision = state.MajorRevision + 1;
        ImmutableArray<MetadataItem> written = [.. request.Items.Select(write => new MetadataItem(
            write.Key, write.Value, revision,
            request.RecordAuthor ? request.User : null, request.RecordTime ? nowUnixMs : null))];
        var byKey = written.ToDictionary(item => item.Key, StringComparer.Ordinal);
        var known = state.Items.Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<MetadataItem> items =
        [
            .. state.Items.Select(item => byKey.GetValueOrDefault(item.Key, item)),
            .. written.Where(item => !known.Contains(item.Key)),
        ];
        if (BytesOf(items) > SharedDataLimits.MetadataBytesMax)
            return new Refusal(
                ErrorCode.StorageMetadataLengthOverflow,
                Text($"All keys and values together would have more than {SharedDataLimits.MetadataBytesMax} bytes."));
        return new MetadataDecision(state with { MajorRevision = revision, Items = items }, written);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a change comes to.</summary>
/// <param name="Next">What is to be stored.</param>
/// <param name="Changed">The items that it writes or removes; none when there is nothing to do.</param>
internal sealed record MetadataDecision(SharedDataState Next, ImmutableArray<MetadataItem> Changed);
