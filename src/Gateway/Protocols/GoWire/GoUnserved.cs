using ImOrleans.Gateway.Protocols.GoWire.Frames;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>Requests that have no effect here, each with the code that the SDK knows for it.</summary>
internal static class GoUnserved
{
    public static ErrorCode CodeOf(GoRequest request) => request.Uri switch
    {
        GoUri.WhereNow or GoUri.WhoNow or GoUri.SetState or GoUri.GetState or GoUri.RemoveState =>
            ErrorCode.PresenceOperationFailed,
        _ => ErrorCode.InvalidParameter,
    };
}
