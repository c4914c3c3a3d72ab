using System.Collections.Immutable;

namespace ImOrleans.Grains.Storing;

/// <summary>A state that is replaced as a whole and remembers which writes led to it.</summary>
internal interface ISignedState<TSelf>
{
    /// <summary>
    /// The names of the last writes that led to it, the newest last, so that one whose answer was lost can be found again.
    /// </summary>
    ImmutableArray<string> Writes { get; }

    /// <summary>The same with other writes.</summary>
    TSelf SignedBy(ImmutableArray<string> writes);
}
