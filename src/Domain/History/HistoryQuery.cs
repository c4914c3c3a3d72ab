using ImOrleans.Domain.Limits;

namespace ImOrleans.Domain.History;

/// <summary>Which messages of a history are wanted, in milliseconds of Unix time; the oldest come first.</summary>
/// <param name="StartUnixMs">Messages after this time; one of exactly this time is not among them.</param>
/// <param name="EndUnixMs">Messages up to this time; one of exactly this time is among them.</param>
/// <param name="Count">At most so many, 1 to <see cref="HistoryLimits.PageMessagesMax"/>.</param>
[GenerateSerializer, Immutable, Alias("im.HistoryQuery")]
public readonly record struct HistoryQuery(
    [property: Id(0)] long StartUnixMs,
    [property: Id(1)] long EndUnixMs,
    [property: Id(2)] int Count);
