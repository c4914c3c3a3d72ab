using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>Lets only signed calls in, and not too many at a time.</summary>
internal sealed class ServerApiFilter(CallSignature signature, ServerCalls calls) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (signature.Verify(context.HttpContext.Request.Headers) is { } refusal)
            return refusal.ToResult();
        if (!calls.TryBegin())
            return new ServerApiRefusal(
                StatusCodes.Status503ServiceUnavailable, 1008, "TOO_MANY_REQUESTS",
                "Too many calls are under way; send this one again, with a new nonce.", true).ToResult();
        try
        {
            return await next(context);
        }
        finally
        {
            calls.End();
        }
    }
}
