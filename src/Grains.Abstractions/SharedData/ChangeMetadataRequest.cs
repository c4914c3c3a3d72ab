using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Metadata;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>Changes several items, all or none. Its form was checked with <see cref="MetadataForm"/>.</summary>
/// <param name="User">Who writes.</param>
/// <param name="Kind">What is done with the items.</param>
/// <param name="Items">The items; none with a removal: all.</param>
/// <param name="MajorRevision">
/// The revision that the whole must have; <see cref="MetadataWrite.AnyRevision"/> when it does not matter.
/// </param>
/// <param name="Lock">A lock that the writer must have; null for none.</param>
/// <param name="RecordTime">Whether the items note when they were written.</param>
/// <param name="RecordAuthor">Whether the items note who wrote them.</param>
/// <param name="FencingToken">The grant of the lock that the writer means; zero for whichever the writer has.</param>
[GenerateSerializer, Immutable, Alias("im.ChangeMetadataRequest")]
public sealed record ChangeMetadataRequest(
    [property: Id(0)] UserId User,
    [property: Id(1)] MetadataChangeKind Kind,
    [property: Id(2)] ImmutableArray<MetadataWrite> Items,
    [property: Id(3)] long MajorRevision = MetadataWrite.AnyRevision,
    [property: Id(4)] LockName? Lock = null,
    [property: Id(5)] bool RecordTime = false,
    [property: Id(6)] bool RecordAuthor = false,
    [property: Id(7)] long FencingToken = 0);
