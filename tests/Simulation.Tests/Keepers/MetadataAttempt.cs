using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.SharedData;

namespace ImOrleans.Simulation.Tests;

/// <summary>One change of metadata that a keeper asked for. All that it writes has its mark, and nothing else has.</summary>
internal sealed class MetadataAttempt(string by, string mark, string key, ChangeMetadataRequest request, long begunAt)
{
    /// <summary>The visit that asked for it; it asks for one after the other of a key.</summary>
    public string By => by;

    public string Mark => mark;

    /// <summary>Of the grain.</summary>
    public string Key => key;

    public ChangeMetadataRequest Request => request;

    /// <summary>The moment at which the call began.</summary>
    public long BegunAt => begunAt;

    public Answer Answer { get; set; }

    /// <summary>The major revision by which it is stored; null while it is not.</summary>
    public long? StoredAs { get; set; }

    /// <summary>What it depends on and does not find; null when it may be done.</summary>
    public string? WhyNot(SharedDataState before)
    {
        if (request.MajorRevision >= 0 && request.MajorRevision != before.MajorRevision)
            return $"it needs revision {request.MajorRevision} of the whole";
        if (request.Lock is { } name)
        {
            var guard = before.Locks.FirstOrDefault(detail => detail.Name == name);
            if (guard?.Owner != request.User)
                return $"{request.User} does not have {name}";
            if (request.FencingToken > 0 && guard.FencingToken != request.FencingToken)
                return $"{name} was granted with token {guard.FencingToken}, not {request.FencingToken}";
        }

        foreach (var write in request.Items)
        {
            var known = before.Items.FirstOrDefault(item => item.Key == write.Key);
            if (known is null && request.Kind != MetadataChangeKind.Set)
                return $"there is no {write.Key}";
            if (write.Revision >= 0 && known?.Revision != write.Revision)
                return $"it needs revision {write.Revision} of {write.Key}";
        }

        return null;
    }

    /// <summary>The items after it, in the order of their keys.</summary>
    public IEnumerable<MetadataItem> After(SharedDataState before)
    {
        var items = before.Items.ToDictionary(item => item.Key, StringComparer.Ordinal);
        if (request.Kind == MetadataChangeKind.Remove && request.Items.IsEmpty)
            items.Clear();
        foreach (var write in request.Items)
            if (request.Kind == MetadataChangeKind.Remove)
                items.Remove(write.Key);
            else
                items[write.Key] = new(write.Key, write.Value, before.MajorRevision + 1, request.RecordAuthor ? request.User : null);
        return items.Values.OrderBy(item => item.Key, StringComparer.Ordinal);
    }

    public override string ToString() => $"{mark}, {request.Kind} of {string.Join(',', request.Items.Select(item => item.Key))}";
}
