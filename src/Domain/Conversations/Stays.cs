using System.Collections.Immutable;
using System.Globalization;

namespace ImOrleans.Domain.Conversations;

/// <summary>The times at which a user was in a conversation: what was sent then it gets, however late.</summary>
/// <param name="JoinedSeq">The user sees messages of greater numbers.</param>
/// <param name="LeftSeq">The last message that the user sees, when it has left; null while it is in it.</param>
/// <param name="Absences">What it does not see in between, in order, and no two of them touch.</param>
public readonly record struct Stays(long JoinedSeq, long? LeftSeq, ImmutableArray<Absence> Absences)
{
    /// <summary>That of a user who comes for the first time.</summary>
    /// <param name="joinedSeq">The last message before.</param>
    public static Stays From(long joinedSeq) => new(joinedSeq, null, []);

    /// <summary>The user comes again. Whatever it saw it goes on seeing; who leaves too often loses the earliest stay.</summary>
    /// <param name="joinedSeq">The last message before.</param>
    public Stays Return(long joinedSeq)
    {
        if (LeftSeq is not { } left || left >= joinedSeq)
            return this with { LeftSeq = null };
        var absences = Absences.Add(new(left, joinedSeq));
        return absences.Length <= ConversationLimits.AbsencesMax
            ? new(JoinedSeq, null, absences)
            : new(absences[0].ThroughSeq, null, absences.RemoveAt(0));
    }

    /// <summary>The stretches that a user sees beyond a place, up to <paramref name="endSeq"/>; the last may be empty.</summary>
    /// <param name="afterSeq">The place.</param>
    /// <param name="endSeq">The last message that it sees.</param>
    public IEnumerable<(long AfterSeq, long ThroughSeq)> Beyond(long afterSeq, long endSeq)
    {
        foreach (var absence in Absences)
        {
            if (absence.AfterSeq > afterSeq)
                yield return (afterSeq, absence.AfterSeq);
            afterSeq = Math.Max(afterSeq, absence.ThroughSeq);
        }

        yield return (afterSeq, endSeq);
    }

    /// <summary>The absences as a store keeps them: <c>3-5,9-12</c>; null when there are none.</summary>
    public string? AbsencesText => Absences.IsDefaultOrEmpty
        ? null
        : string.Join(',', Absences.Select(one => FormattableString.Invariant($"{one.AfterSeq}-{one.ThroughSeq}")));

    /// <summary>Reads what <see cref="AbsencesText"/> gave.</summary>
    /// <param name="text">The text, or null.</param>
    /// <exception cref="FormatException">It is no such text.</exception>
    public static ImmutableArray<Absence> ParseAbsences(string? text) => text is null
        ? []
        : [.. text.Split(',').Select(one => one.Split('-')).Select(ends => ends.Length == 2
            ? new Absence(Number(ends[0]), Number(ends[1]))
            : throw new FormatException("An absence has two ends."))];

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
