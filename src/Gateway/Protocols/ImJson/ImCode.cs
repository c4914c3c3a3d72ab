namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>The numbers of answers at this door. <b>Source:</b> feature row S3.</summary>
internal enum ImCode
{
    /// <summary>What the original answers a login with that was done, since it forgets to set one.</summary>
    None = 0,

    Success = 200,
    NotLoggedIn = 1000,
    ParameterIllegal = 1001,
    UnauthorizedUserId = 1002,
    Unauthorized = 1003,
    ServerError = 1004,
    NotData = 1005,
    ModelAddError = 1006,
    ModelDeleteError = 1007,
    ModelStoreError = 1008,
    OperationFailure = 1009,
    RoutingNotExist = 1010,
}

/// <summary>The texts that go with the numbers.</summary>
internal static class ImCodeTexts
{
    /// <summary>The text of a code, as it is told in <c>codeMsg</c> and <c>msg</c>.</summary>
    public static string Text(this ImCode code) => code switch
    {
        ImCode.Success => "Success",
        ImCode.NotLoggedIn => "未登录",
        ImCode.ParameterIllegal => "参数不合法",
        ImCode.UnauthorizedUserId => "非法的用户Id",
        ImCode.Unauthorized => "未授权",
        ImCode.ServerError => "系统错误",
        ImCode.NotData => "没有数据",
        ImCode.ModelAddError => "添加错误",
        ImCode.ModelDeleteError => "删除错误",
        ImCode.ModelStoreError => "存储错误",
        ImCode.OperationFailure => "操作失败",
        ImCode.RoutingNotExist => "路由不存在",
        _ => "未定义错误类型!",
    };
}
