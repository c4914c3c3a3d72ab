using System.Globalization;
using System.Text;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Limits;
using ErrorCode = ImOrleans.Domain.Errors.ErrorCode;

namespace ImOrleans.Domain.Metadata;

/// <summary>What can be said about a change of metadata without knowing what is stored.</summary>
public static class MetadataForm
{
    /// <summary>Says what is wrong with a change; null when its form is right.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.StorageInvalidArgument"/>: nothing to set or update;
    /// <see cref="ErrorCode.StorageInvalidKey"/>: an empty key; <see cref="ErrorCode.StorageKeyLengthOverflow"/>,
    /// <see cref="ErrorCode.StorageValueLengthOverflow"/>, <see cref="ErrorCode.StorageDuplicateKey"/>;
    /// <see cref="ErrorCode.StorageInvalidRevision"/>: neither -1 nor greater than zero.
    /// </remarks>
    public static Refusal? Check(MetadataChangeKind kind, IReadOnlyCollection<MetadataWrite> writes, long majorRevision)
    {
        ArgumentNullException.ThrowIfNull(writes);
        if (writes.Count == 0 && kind != MetadataChangeKind.Remove)
            return new(ErrorCode.StorageInvalidArgument, "'items' is empty: there is nothing to write.");
        if (!IsRevision(majorRevision))
            return new(ErrorCode.StorageInvalidRevision, "'majorRevision' must be -1 or greater than zero.");
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var write in writes)
            if (Check(kind, write, keys) is { } refusal)
                return refusal;
        return null;
    }

    private static Refusal? Check(MetadataChangeKind kind, MetadataWrite write, HashSet<string> keys)
    {
        if (write.Key.Length == 0)
            return new(ErrorCode.StorageInvalidKey, "An item's key is empty.");
        if (write.Key.Length > SharedDataLimits.KeyLengthMax)
            return new(
                ErrorCode.StorageKeyLengthOverflow,
                Text($"A key has more than {SharedDataLimits.KeyLengthMax} characters."));
        if (!keys.Add(write.Key))
            return new(ErrorCode.StorageDuplicateKey, $"The key '{write.Key}' is named twice.");
        if (!IsRevision(write.Revision))
            return new(ErrorCode.StorageInvalidRevision, "An item's 'revision' must be -1 or greater than zero.");
        if (kind != MetadataChangeKind.Remove
            && Encoding.UTF8.GetByteCount(write.Value) > SharedDataLimits.ValueBytesMax)
            return new(
                ErrorCode.StorageValueLengthOverflow,
                Text($"The value of '{write.Key}' has more than {SharedDataLimits.ValueBytesMax} bytes."));
        return null;
    }

    private static bool IsRevision(long revision) => revision is MetadataWrite.AnyRevision or > 0;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
