using System.Globalization;
using ImOrleans.Domain.Errors;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>Why a call of an app server was not done: a status of HTTP and a number that programs can go by.</summary>
/// <remarks><b>Source:</b> 1002, 1004 and 1008 are those of feature row RC1; all others are of <see cref="ErrorCatalog"/>.</remarks>
internal sealed record ServerApiRefusal(int Status, int Code, string Error, string Detail, bool Retryable)
{
    /// <summary>How long to wait, when that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static ServerApiRefusal Signature(string detail) =>
        new(StatusCodes.Status401Unauthorized, 1004, "INVALID_SIGNATURE", detail, false);

    public static ServerApiRefusal Parameter(string detail) =>
        new(StatusCodes.Status400BadRequest, 1002, "REQUEST_PARAMETER_INVALID", detail, false);

    public static ServerApiRefusal Method(string allowed) =>
        new(StatusCodes.Status405MethodNotAllowed, 1002, "REQUEST_PARAMETER_INVALID", $"This call is made with {allowed}.", false);

    public static ServerApiRefusal TooOften(string detail) =>
        new(StatusCodes.Status429TooManyRequests, 1008, "TOO_MANY_REQUESTS", detail, true);

    public static ServerApiRefusal Of(Refusal refusal)
    {
        var description = ErrorCatalog.Describe(refusal.Code);
        var code = refusal.Code;
        var status = refusal.RetryAfter is not null ? StatusCodes.Status429TooManyRequests
            : code == ErrorCode.ChannelMessageLengthExceedLimitation ? StatusCodes.Status413PayloadTooLarge
            : code is ErrorCode.ChannelPublishMessageTimeout or ErrorCode.HistoryOperationTimeout
                or ErrorCode.PresenceOperationTimeout ? StatusCodes.Status504GatewayTimeout
            : description.Retryable ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status400BadRequest;
        return new(status, (int)code, description.Name, refusal.Message ?? description.Text, description.Retryable)
        {
            RetryAfter = refusal.RetryAfter,
        };
    }

    /// <summary>As problem details (RFC 9457), with members of our own: code, error, retryable and retryAfterMs.</summary>
    public IResult ToResult()
    {
        var extensions = new Dictionary<string, object?>
        {
            ["code"] = Code, ["error"] = Error, ["retryable"] = Retryable,
        };
        if (RetryAfter is { } wait)
            extensions["retryAfterMs"] = (long)Math.Ceiling(wait.TotalMilliseconds);
        return new WithRetryAfter(
            Results.Problem(Detail, statusCode: Status, extensions: extensions),
            RetryAfter ?? (Status == StatusCodes.Status503ServiceUnavailable ? TimeSpan.FromSeconds(1) : null));
    }

    /// <summary>No cache keeps it, and generic clients know when to come again.</summary>
    private sealed class WithRetryAfter(IResult problem, TimeSpan? wait) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.CacheControl = "no-store";
            if (wait is { } time)
                httpContext.Response.Headers.RetryAfter =
                    Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return problem.ExecuteAsync(httpContext);
        }
    }
}
