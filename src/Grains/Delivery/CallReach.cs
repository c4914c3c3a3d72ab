namespace ImOrleans.Grains.Delivery;

/// <summary>How much of what a session has here a call is about, which says what may overtake it.</summary>
internal enum CallReach
{
    /// <summary>
    /// One thing of several, as one of a user's channels. The gateway lets calls about the same thing follow each
    /// other; of those about different things many are under way at once, and they count in any order.
    /// </summary>
    Part,

    /// <summary>All of it, or something that there is once, as its token.</summary>
    Session,

    /// <summary>
    /// All of it, which goes. Such a call may carry the number of the call that it undoes, but not the other way round.
    /// </summary>
    Removal,
}
