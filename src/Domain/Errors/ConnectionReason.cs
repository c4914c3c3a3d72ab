namespace ImOrleans.Domain.Errors;

/// <summary>
/// Why a link or a stream channel changed its state, in RTM2's numbers (feature row R4). Only those that this server tells.
/// </summary>
public enum ConnectionReason
{
    None = 0,
    JoinSuccess = 1,
    Interrupted = 2,
    LeaveChannel = 5,
    TokenExpired = 9,
    RejectedByServer = 10,
    RejoinSuccess = 15,
    SameUidLogin = 19,
    LoginSuccess = 10001,
    Logout = 10002,
}
