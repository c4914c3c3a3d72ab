using ImOrleans.Domain.Errors;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>What clients are told, in the words of the original where it has some.</summary>
internal static class RoomTexts
{
    public const string Success = "suc";

    public const string InvalidToken = "无效token";

    public const string TokenExpired = "登录信息过期";

    public const string SignInFirst = "请登录";

    public const string InvalidParameter = "参数错误";

    // What follows is ours: the original is silent there, or has no such thing.
    public const string InvalidRoom = "房间号无效";

    public const string TooManyConnections = "连接数已满";

    /// <summary>What a refusal is called.</summary>
    public static string Of(Refusal refusal) => refusal.Code switch
    {
        ErrorCode.TokenExpired => TokenExpired,
        ErrorCode.InvalidToken or ErrorCode.InvalidUserId => InvalidToken,
        ErrorCode.LoginNotAuthorized => "没有权限",
        ErrorCode.LoginRejected => TooManyConnections,
        ErrorCode.ChannelSubscribeFailed => "房间已满",
        ErrorCode.ChannelSubscribeTooFrequent or ErrorCode.OperationRateExceedLimitation
            or ErrorCode.ChannelPublishMessageTooFrequent => "操作过于频繁",
        _ => "服务繁忙，请稍后再试",
    };
}
