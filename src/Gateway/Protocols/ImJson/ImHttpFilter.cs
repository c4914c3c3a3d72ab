using ImOrleans.Gateway.ServerApi;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>Lets in calls that are signed as those of app servers, or all where they are open; and not too many at a time.</summary>
internal sealed class ImHttpFilter(ImTrust trust, CallSignature signature, ServerCalls calls) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (!trust.HasOpenHttp && signature.Verify(context.HttpContext.Request.Headers) is { } refusal)
            return new ImAnswer(ImCode.Unauthorized, Reason(refusal.Detail)) { Status = refusal.Status };
        if (!calls.TryBegin())
            return new ImAnswer(ImCode.ServerError, Reason("Too many calls are under way; send this one again later."))
            {
                Status = StatusCodes.Status503ServiceUnavailable,
            };
        try
        {
            return await next(context);
        }
        finally
        {
            calls.End();
        }
    }

    private static Dictionary<string, object> Reason(string text) => new(StringComparer.Ordinal) { ["reason"] = text };
}
