using System.Collections.Immutable;
using ImOrleans.Domain.Limits;

namespace ImOrleans.Domain.History;

/// <summary>Messages of a history, the oldest first.</summary>
/// <param name="Messages">
/// As many as were asked for, or fewer when there are no more or they would be more than
/// <see cref="HistoryLimits.PageBytesMax"/>.
/// </param>
/// <param name="NewStart">The start of the query for what follows; zero when nothing does.</param>
[GenerateSerializer, Immutable, Alias("im.HistoryPage")]
public sealed record HistoryPage(
    [property: Id(0)] ImmutableArray<HistoryMessage> Messages,
    [property: Id(1)] long NewStart);
