namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>
/// The head of every call that changes what a gateway wants of a grain.
/// </summary>
/// <param name="Gateway">Whose interest changes.</param>
/// <param name="Generation">
/// Rises with every call of this gateway. A grain refuses a call older than the gateway's last full registration
/// with <see cref="Domain.Errors.ErrorCode.RouteStale"/>, since that registration did not know of it.
/// </param>
/// <param name="Epoch">
/// The activation that the gateway believes to talk to; zero when it holds no route yet. An activation of another
/// epoch answers <see cref="Domain.Errors.ErrorCode.RouteStale"/>: the gateway registers anew, then repeats the call.
/// So does one that gave the gateway up meanwhile, unless this is zero.
/// </param>
/// <remarks>
/// The message of such a refusal is the key of the grain that refused, since a call may carry two routes. A repeated
/// call has a generation of its own.
/// </remarks>
[GenerateSerializer, Immutable, Alias("im.RouteUpdate")]
public sealed record RouteUpdate(
    [property: Id(0)] GatewayRef Gateway,
    [property: Id(1)] long Generation,
    [property: Id(2)] long Epoch);
