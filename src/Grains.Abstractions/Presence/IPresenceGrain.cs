using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using Orleans.CodeGeneration;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>What the grains of both kinds of channel do about presence.</summary>
[Alias("im.IPresenceGrain"), Version(1)]
public interface IPresenceGrain : IGrainWithStringKey
{
    /// <summary>Changes a user's state; those who want to know are told what is different.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.PresenceUserNotExist"/>: the session is not there;
    /// <see cref="ErrorCode.PresenceNotWritable"/>: it is there quietly; <see cref="ErrorCode.PresenceStateCountOverflow"/>
    /// and <see cref="ErrorCode.PresenceStateValueSizeOverflow"/>: too much with what is there already.
    /// </remarks>
    [Alias("ChangeState"), ResponseTimeout("00:00:03")]
    Task<Outcome<PresenceState>> ChangeStateAsync(ChangeStateRequest request);

    /// <summary>What a user says of itself.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.PresenceUserNotExist"/>.</remarks>
    [Alias("GetState"), ResponseTimeout("00:00:03")]
    Task<Outcome<PresenceState>> GetStateAsync(UserId user);

    /// <summary>Who is there now. Nobody needs to be in the channel to ask.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.PresenceInvalidArgument"/>: the page was not given out by this activation, or
    /// states are asked for without users.
    /// </remarks>
    [Alias("WhoNow"), ResponseTimeout("00:00:03")]
    Task<Outcome<WhoNow>> WhoNowAsync(WhoNowRequest request);
}
